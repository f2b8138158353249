// The part of playwright-core that the tests use, loaded from the installed host: the repository does not depend on it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Host } from './install';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Timeout {
  readonly timeout?: number;
}

interface Click extends Timeout {
  readonly button?: 'left' | 'right' | 'middle';
  readonly modifiers?: readonly ('Alt' | 'Control' | 'Meta' | 'Shift' | 'ControlOrMeta')[];
  readonly position?: { readonly x: number; readonly y: number };
  readonly force?: boolean;
}

interface RoleOptions {
  readonly name?: string | RegExp;
  readonly exact?: boolean;
}

interface Finds {
  locator(selector: string): Locator;
  getByRole(role: string, options?: RoleOptions): Locator;
  getByText(text: string | RegExp, options?: { readonly exact?: boolean }): Locator;
  getByLabel(text: string | RegExp, options?: { readonly exact?: boolean }): Locator;
}

export interface Locator extends Finds {
  click(options?: Click): Promise<void>;
  dblclick(options?: Click): Promise<void>;
  hover(options?: Timeout): Promise<void>;
  focus(options?: Timeout): Promise<void>;
  fill(value: string, options?: Timeout): Promise<void>;
  selectOption(value: string | { readonly label: string }, options?: Timeout): Promise<string[]>;
  press(key: string, options?: Timeout): Promise<void>;
  pressSequentially(text: string, options?: { readonly delay?: number }): Promise<void>;
  setChecked(checked: boolean): Promise<void>;
  isChecked(): Promise<boolean>;
  textContent(options?: Timeout): Promise<string | null>;
  innerText(options?: Timeout): Promise<string>;
  allInnerTexts(): Promise<string[]>;
  allTextContents(): Promise<string[]>;
  inputValue(): Promise<string>;
  getAttribute(name: string, options?: Timeout): Promise<string | null>;
  count(): Promise<number>;
  isVisible(): Promise<boolean>;
  boundingBox(): Promise<Box | null>;
  scrollIntoViewIfNeeded(): Promise<void>;
  screenshot(options?: { readonly path?: string }): Promise<Buffer>;
  waitFor(
    options?: Timeout & { readonly state?: 'attached' | 'detached' | 'visible' | 'hidden' },
  ): Promise<void>;
  evaluate<T>(run: (element: any) => T): Promise<Awaited<T>>;
  evaluate<T, A>(run: (element: any, argument: A) => T, argument: A): Promise<Awaited<T>>;
  evaluateAll<T>(run: (elements: any[]) => T): Promise<Awaited<T>>;
  filter(options: {
    readonly hasText?: string | RegExp;
    readonly has?: Locator;
    readonly visible?: boolean;
  }): Locator;
  first(): Locator;
  last(): Locator;
  nth(index: number): Locator;
}

export interface Frame extends Finds {
  url(): string;
  isDetached(): boolean;
  parentFrame(): Frame | null;
  frameElement(): Promise<{ isVisible(): Promise<boolean>; boundingBox(): Promise<Box | null> }>;
  evaluate<T>(run: string | (() => T)): Promise<Awaited<T>>;
  evaluate<T, A>(run: (argument: A) => T, argument: A): Promise<Awaited<T>>;
  waitForFunction<A>(
    run: (argument: A) => unknown,
    argument: A,
    options?: Timeout & { readonly polling?: number | 'raf' },
  ): Promise<unknown>;
}

export interface ConsoleMessage {
  type(): string;
  text(): string;
  location(): { readonly url: string };
}

export interface Page extends Frame {
  goto(url: string, options?: Timeout): Promise<unknown>;
  reload(options?: Timeout): Promise<unknown>;
  frames(): Frame[];
  mainFrame(): Frame;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  viewportSize(): { readonly width: number; readonly height: number } | null;
  screenshot(options?: { readonly path?: string; readonly clip?: Box }): Promise<Buffer>;
  waitForTimeout(milliseconds: number): Promise<void>;
  exposeFunction(name: string, run: (...words: any[]) => unknown): Promise<void>;
  on(event: 'console', listener: (message: ConsoleMessage) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  close(): Promise<void>;
  context(): Context;
  readonly keyboard: {
    press(key: string): Promise<void>;
    type(text: string, options?: { readonly delay?: number }): Promise<void>;
    insertText(text: string): Promise<void>;
    down(key: string): Promise<void>;
    up(key: string): Promise<void>;
  };
  readonly mouse: {
    move(x: number, y: number, options?: { readonly steps?: number }): Promise<void>;
    click(x: number, y: number): Promise<void>;
    wheel(x: number, y: number): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
}

/** One raw session of the DevTools protocol, for what Playwright has no word for (memory, tracing). */
interface DevTools {
  send(method: string, parameters?: Readonly<Record<string, unknown>>): Promise<any>;
  detach(): Promise<void>;
}

export interface Context {
  newPage(): Promise<Page>;
  newCDPSession(page: Page | Frame): Promise<DevTools>;
  grantPermissions(permissions: readonly string[], options?: { readonly origin?: string }): Promise<void>;
  close(): Promise<void>;
}

export interface Browser {
  newContext(options?: {
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly reducedMotion?: 'reduce' | 'no-preference';
    readonly locale?: string;
    readonly timezoneId?: string;
  }): Promise<Context>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly headless: boolean;
      readonly args: readonly string[];
    }): Promise<Browser>;
  };
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser without a window. Whoever calls closes it. */
export async function openBrowser(host: Host): Promise<Browser> {
  const { chromium }: Playwright = createRequire(__filename)(join(host.playwright, 'index.js'));
  return chromium.launch({ executablePath: host.browser, headless: true, args: FLAGS });
}

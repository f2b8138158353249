// Elements built by script alone: text goes in as text, so nothing of a file can become markup.

export type Child = Node | string | undefined | null | false;

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element of HTML. `true` sets an attribute without value, `false` and undefined leave it out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(name), attributes, children);
}

const SVG = 'http://www.w3.org/2000/svg';

/** An element of SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled<E extends Element>(node: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  for (const child of children)
    if (child !== undefined && child !== null && child !== false) node.append(child);
  return node;
}

// What the parts of an opened preview share: the tab in front, the kept state, and the ways to change what is seen.
import type { View } from '../../shared/previewApi';
import type { Banner } from './banner';
import type { Announcer } from './dom';
import type { LayoutState } from './layout';
import type { Selection } from './selection';
import type { Host } from './source';
import type { PreviewState, SideTab } from './state';
import type { Tab } from './tab';
import type { Tasks } from './tasks';

export interface PreviewContext {
  readonly host: Host;
  readonly tasks: Tasks;
  readonly banner: Banner;
  readonly announcer: Announcer;
  /** The tab in front: the file, or a query over it. */
  readonly tab: Tab;
  state: PreviewState;
  /** Something that is drawn has changed. */
  readonly changed: () => void;
  /** Reports what went wrong; cancelled work is not reported. */
  readonly failed: (error: unknown) => void;
  /** Shows other rows, or in another order. */
  readonly look: (view: View) => void;
  /** Brings a cell into view and makes it the active one. */
  readonly goTo: (row: number, column: number) => void;
}

/** What controls and gestures do to the preview. */
export interface PreviewActions {
  readonly select: (selection: Selection) => void;
  readonly arrange: (layout: LayoutState) => void;
  readonly showAllColumns: () => void;
  readonly clearFilters: () => void;
  /** Opens the side panel at a tab; without one it opens or closes. */
  readonly toggleSide: (tab?: SideTab) => void;
  readonly toggleSql: () => void;
  /** Keeps the state, soon. */
  readonly keepSoon: () => void;
}

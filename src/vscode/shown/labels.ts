// Labels that VS Code draws with icons: one of ours may stand before them, none in what others wrote.
import { inert } from '../../shared/words';

/** A name of VS Code's own icons, with what it does: "sync~spin". */
export function withIcon(icon: string, text: string): string {
  return `$(${icon}) ${inert(text)}`;
}

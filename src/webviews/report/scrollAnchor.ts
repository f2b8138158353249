// Where the reader is: known by what stands at the top, as heights of what is not yet drawn are only guessed.

/** The key of what stands at the top of the view, and its distance from the top; null at the very top. */
export function placeOf(content: HTMLElement): readonly [string, number] | null {
  if (window.scrollY === 0) return null;
  const at = document.elementFromPoint(window.innerWidth / 2, 4);
  for (let node = at; node !== null && content.contains(node); node = node.parentElement) {
    const keyed = node.matches('[data-key]') ? node : node.querySelector('[data-key]');
    const key = keyed?.getAttribute('data-key');
    if (keyed !== null && typeof key === 'string') return [key, keyed.getBoundingClientRect().top];
  }
  return null;
}

/** Brings what stood at the top back there; goes by pixels where it is gone. */
export function goBack(content: HTMLElement, anchor: readonly [string, number] | null, scroll: number): void {
  window.scrollTo({ top: scroll, behavior: 'instant' });
  if (anchor === null) return;
  const [key, top] = anchor;
  const node = content.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (node === null) return;
  // What comes into view takes its true height: the second step corrects the first.
  for (let step = 0; step < 2; step += 1)
    window.scrollBy({ top: node.getBoundingClientRect().top - top, behavior: 'instant' });
}

/** The sign of an app: the first letter of its name. Its own logo belongs to its maker. */
export function Tile({ title }: { title: string }) {
  return (
    <span class="tile-letter" aria-hidden="true">
      {[...title][0]?.toUpperCase()}
    </span>
  );
}

import { encodeQr } from '../qr/encode.ts';

const margin = 4;

/** A QR code as a drawing within the page. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const rows = encodeQr(text);
  const size = rows.length + 2 * margin;
  const dark = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x + margin} ${y + margin}h1v1h-1z`] : [])),
  );
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={dark.join('')} shape-rendering="crispEdges" />
    </svg>
  );
}

/** How far something is. */

interface Props {
  fraction: number;
  label: string;
}

export function Bar({ fraction, label }: Props) {
  const percent = Math.round(fraction * 100);
  return (
    <div class="bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <div style={{ transform: `scaleX(${fraction})` }} />
    </div>
  );
}

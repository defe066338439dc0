/** Line drawings of 20 px, in the colour of the text around them. */

const PATHS = {
  play: "M6 4.5v11l9-5.5z",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  plus: "M10 4.500v11M4.500 10h11",
  close: "M5 5l10 10M15 5L5 15",
  retry: "M15.5 8A6 6 0 1 0 16 11.5M16 4v4h-4",
  pencil: "M4 16l.8-3.4L13.4 4a1.6 1.6 0 0 1 2.3 0l.3.3a1.6 1.6 0 0 1 0 2.3L7.4 15.2z",
  download: "M10 3v9m0 0l-3.5-3.5M10 12l3.5-3.5M4 16h12",
  share: "M8 10.5l4.5-5m0 0H9m3.500 0V9M15 12v3a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h1",
  trash: "M4.500 6h11M8 6V4h4v2M6 6l.7 10h6.600L14 6M8.600 9v4.500M11.400 9v4.500",
  earlier: "M12.500 4.500L7 10l5.500 5.500",
  later: "M7.500 4.500L13 10l-5.500 5.500",
  grip: "M7.500 5v.01M12.500 5v.01M7.500 10v.01M12.500 10v.01M7.500 15v.01M12.500 15v.01",
  clock: "M10 5.500V10l3 2M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z",
  alert: "M10 6.500v4.500m0 2.500v.01M10 3l7.500 13.500h-15z",
  upload: "M10 13V4m0 0L6.500 7.500M10 4l3.500 3.500M4 16h12",
  star: "M10 3.500l2 4.300 4.600.5-3.400 3.200.9 4.600L10 13.800l-4.100 2.300.9-4.600L3.400 8.300 8 7.800z",
  search: "M13.500 13.500L17 17M15 9A6 6 0 1 1 3 9a6 6 0 0 1 12 0z",
  stop: "M6 6h8v8H6z",
  versions: "M6 7h9v9H6zM4.500 13.500V4.500h9",
  scissors: "M6.500 8.200L16 14M6.500 11.800L16 6M7 6.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM7 13.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  user: "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4.500 16.500c.5-3 2.700-4.500 5.500-4.500s5 1.500 5.500 4.500",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  const filled = name === "play" || name === "stop";
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" fill={filled ? "currentColor" : "none"}>
      <path d={PATHS[name]} stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

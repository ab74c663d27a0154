/** A duration as people say it, rounded: seconds up to two minutes, minutes up to two hours. */
export function timeText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

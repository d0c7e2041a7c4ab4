// How long customers have waited, as time goes by.

let skew = 0;

// `now`: the server's clock, in seconds.
export function followWaits(now: number): void {
  skew = now * 1000 - Date.now();
  window.setInterval(tick, 20_000);
}

function tick(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-since]")) {
    const minutes = Math.floor((Date.now() + skew - Number(place.dataset["since"]) * 1000) / 60_000);
    place.textContent = lasting(minutes);
  }
}

function lasting(minutes: number): string {
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : "under a minute";
}

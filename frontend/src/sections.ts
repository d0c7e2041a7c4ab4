// Sections that are pages of their own: where there is no room for all of them, the one that is open is in sight.

export function showOpenSection(): void {
  for (const tab of document.querySelectorAll<HTMLElement>(".tabs [aria-current]")) {
    const tabs = tab.closest(".tabs") as HTMLElement;
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }
}

// Tabs between views of one thing, by pointer and by arrows.

/** Follow a list of tabs. `shown`: before a view is shown, with its id. */
export function followTabs(list: HTMLElement, shown: (view: string) => Promise<void> = async () => undefined): void {
  const tabs = [...list.querySelectorAll<HTMLElement>("[role=tab]")];
  const choose = async (chosen: HTMLElement): Promise<void> => {
    await shown(chosen.getAttribute("aria-controls") ?? "");
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = tab !== chosen;
    }
    chosen.focus();
  };
  list.addEventListener("click", (event) => {
    const tab = (event.target as Element).closest<HTMLElement>("[role=tab]");
    if (tab) void choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step && tabs[(tabs.indexOf(event.target as HTMLElement) + step + tabs.length) % tabs.length];
    if (next) void choose(next);
  });
}

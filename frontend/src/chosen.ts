// The picture that is to go with what is written: what it is, small, with a way to take it out again.

interface Chosen {
  name: string;
  // Where it can be seen here; none for one that is elsewhere.
  src: string | null;
}

export function showChosen(chosen: Chosen | null): void {
  const place = document.getElementById("chosen");
  const picture = place?.querySelector("img");
  if (!place || !picture) return;
  place.hidden = chosen === null;
  picture.hidden = !chosen?.src;
  if (chosen?.src) picture.src = chosen.src;
  else picture.removeAttribute("src");
  (place.querySelector("span") as HTMLElement).textContent = chosen?.name ?? "";
}

// `takeOut`: what else has to go with the picture.
export function onTakenOut(takeOut: () => void): void {
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("#chosen button") !== null) takeOut();
  });
}

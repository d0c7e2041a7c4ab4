// A grid of emoji with a search, which puts the one that is chosen into a text.

const EMOJI = `😀 smile happy grin|😃 smile happy|😄 laugh happy|😁 grin|😅 sweat relief|😂 tears laugh|🙂 smile|😉 wink|😊 blush smile|😇 angel|🥰 love hearts|😍 love eyes|😘 kiss|😋 yum tasty|😎 cool sunglasses|🤩 star excited|🥳 party celebrate|🤔 think|🤗 hug|🤝 handshake deal|😐 neutral|🙄 eyes roll|😬 oops grimace|😌 relieved|😴 sleep|😕 confused|😟 worried|🙁 sad|😢 cry sad|😭 cry|😤 proud|😡 angry|😱 shock scream|😳 flushed|🥺 please|🤯 wow mind|🤞 luck fingers|👍 thumbs up yes good|👎 thumbs down no|👌 ok|✌️ peace|👋 wave hello bye|🙌 hooray hands|👏 clap applause|🙏 thanks please pray|💪 strong|👀 eyes look|❤️ heart love red|🧡 heart orange|💛 heart yellow|💚 heart green|💙 heart blue|💜 heart purple|🖤 heart black|🤍 heart white|💔 heart broken|💕 hearts love|✨ sparkles new|⭐ star|🌟 star glow|🔥 fire hot|💥 boom|🎉 party celebrate tada|🎊 confetti|🎁 gift present|🎂 cake birthday|🎈 balloon|🛍️ shopping bags|🛒 cart shopping|📦 package parcel box|🚚 truck delivery shipping|✈️ plane travel|📬 mail post|💌 letter love|💳 card payment|💰 money|💵 money cash dollar|🏷️ tag price sale|🧾 receipt|📱 phone|📞 call phone|💬 chat message|📧 mail|🔗 link|📷 camera picture|🖼️ picture|📅 calendar date|⏰ clock alarm time|⏳ time wait|🕐 clock time|✅ check done yes|❌ no cross|❗ important|❓ question|⚠️ warning|ℹ️ info|🔔 bell|🔒 lock safe|🔑 key|🔍 search|💡 idea|📌 pin|📍 place map|🏠 home|🏪 shop store|🌍 world earth|☀️ sun weather|🌧️ rain|❄️ snow cold winter|🌈 rainbow|🌸 flower spring|🌹 rose flower|🌿 leaf plant green|🍂 autumn leaves|🎄 christmas tree|🎃 halloween pumpkin|☕ coffee|🍵 tea|🍕 pizza|🍔 burger|🍰 cake|🍎 apple|🍓 strawberry|🍷 wine|🍻 beer cheers|🐶 dog|🐱 cat|👕 shirt clothes|👗 dress clothes|🧥 coat jacket|👖 jeans trousers|👟 shoe sneaker|👠 shoe heel|👢 boot|🧢 cap hat|🧣 scarf|🧤 gloves|👜 bag handbag|🕶️ sunglasses|💍 ring jewellery|⌚ watch|💄 lipstick beauty|🏃 run|🚲 bike|⚽ ball football|🎵 music|📚 books|🚀 rocket fast|💯 hundred|🆕 new|🆓 free|🔝 top|👉 this right|👇 below down|👆 above up`
  .split("|")
  .map((one) => one.split(" ") as [string, ...string[]]);

export function fillEmoji(picker: HTMLElement, text: HTMLTextAreaElement): void {
  const [search, grid] = [picker.querySelector("input"), picker.querySelector(".emoji-grid")];
  if (search === null || grid === null) return;
  const show = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const found = EMOJI.filter(([, ...names]) => names.some((name) => name.startsWith(wanted)));
    grid.replaceChildren(...found.map(([emoji, ...names]) => button(emoji, names.join(" "))));
  };
  picker.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "open") return;
    search.value = "";
    show();
    search.focus();
  });
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    grid.querySelector("button")?.click();
  });
  grid.addEventListener("click", (event) => {
    const chosen = (event.target as Element).closest("button");
    if (chosen === null) return;
    picker.hidePopover();
    text.setRangeText(chosen.textContent, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function button(emoji: string, names: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = emoji;
  made.ariaLabel = names;
  made.title = names;
  return made;
}

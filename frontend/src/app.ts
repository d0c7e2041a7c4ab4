// What every page loads: htmx, and small behaviours that HTML has no words for.
import htmx from "htmx.org";
import { followClicks } from "./clicks";
import { followComposing, followWhen } from "./compose";
import { followFields } from "./fields";
import { followKeys } from "./keys";
import { followConversations } from "./conversations/index";
import { followStream } from "./live";
import { followPhone } from "./phone";
import { followPictures } from "./pictures";
import { showOpenSection } from "./sections";
import { followTabs } from "./tabs";

htmx.config.includeIndicatorCSS = false;
// What somebody has opened stays open when a part of the page is brought up to date.
htmx.config.morphIgnore = [...htmx.config.morphIgnore, "open"];
// Back and forth load pages anew: what runs on them begins with them.
htmx.config.history = "reload";
followClicks();
followFields();
showOpenSection();
followKeys();
followComposing();
followWhen();
followConversations();
followPhone();
followPictures();
followStream();
for (const list of document.querySelectorAll<HTMLElement>("[data-tabs]")) followTabs(list);

// What every page loads: htmx, and small behaviours that HTML has no words for.
import htmx from "htmx.org";
import { followClicks } from "./clicks";
import { followComposing, followWhen } from "./compose";
import { followFields } from "./fields";
import { followKeys } from "./keys";

htmx.config.includeIndicatorCSS = false;
// What somebody has opened stays open when a part of the page is brought up to date.
htmx.config.morphIgnore = [...htmx.config.morphIgnore, "open"];
followClicks();
followFields();
followKeys();
followComposing();
followWhen();

// What every page loads: htmx, and small behaviours that HTML has no words for.
import htmx from "htmx.org";
import { followClicks } from "./clicks";
import { followFields } from "./fields";
import { followKeys } from "./keys";

htmx.config.includeIndicatorCSS = false;
followClicks();
followFields();
followKeys();

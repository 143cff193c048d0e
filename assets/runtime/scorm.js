// The entry of a page in a SCORM package: the platform's progress is there before the page begins.

import { onPlatform } from "./platform.js";
import { begun } from "./main.js";
import { offerHandIn } from "./hand-in.js";

const { lesson } = JSON.parse(document.querySelector('[data-crossent="page"]').textContent);
if (lesson && !onPlatform) begun.then(() => offerHandIn(lesson));

export const inPackage = { onPlatform, begun };

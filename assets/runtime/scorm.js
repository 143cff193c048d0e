// The entry of a page in a SCORM package: the platform's progress is there before the page begins.

import { onPlatform } from "./platform.js";
import { begun } from "./main.js";

export const inPackage = { onPlatform, begun };

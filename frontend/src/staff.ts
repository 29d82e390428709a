import "./styles/staff.scss";
import "./icons.svg?url";
import "./mark.svg?url";

import chart from "./controllers/chart";
import confirm from "./controllers/confirm";
import dialog from "./controllers/dialog";
import errors from "./controllers/errors";
import fold from "./controllers/fold";
import lightbox from "./controllers/lightbox";
import print from "./controllers/print";
import shortcut from "./controllers/shortcut";
import spot from "./controllers/spot";
import submitOnce from "./controllers/submit_once";
import trouble from "./controllers/trouble";
import upload from "./controllers/upload";
import viewer from "./controllers/viewer";
import { start } from "./lib/start";

start({ chart, confirm, dialog, errors, fold, lightbox, print, shortcut, spot, "submit-once": submitOnce, trouble, upload, viewer });

import "./styles/staff.scss";
import "./icons.svg?url";
import "./mark.svg?url";

import ahead from "./controllers/ahead";
import chart from "./controllers/chart";
import confirm from "./controllers/confirm";
import dialog from "./controllers/dialog";
import errors from "./controllers/errors";
import fold from "./controllers/fold";
import lightbox from "./controllers/lightbox";
import print from "./controllers/print";
import sending from "./controllers/sending";
import shortcut from "./controllers/shortcut";
import spot from "./controllers/spot";
import submitOnce from "./controllers/submit_once";
import trouble from "./controllers/trouble";
import upload from "./controllers/upload";
import viewer from "./controllers/viewer";
import workbench from "./controllers/workbench";
import { start } from "./lib/start";
import { tellUnsent } from "./lib/unsent";

start({
  ahead,
  chart,
  confirm,
  dialog,
  errors,
  fold,
  lightbox,
  print,
  sending,
  shortcut,
  spot,
  "submit-once": submitOnce,
  trouble,
  upload,
  viewer,
  workbench,
});

tellUnsent();

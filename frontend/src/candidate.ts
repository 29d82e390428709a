import "./styles/candidate.scss";
import "./icons.svg?url";
import "./mark.svg?url";

import confirm from "./controllers/confirm";
import dialog from "./controllers/dialog";
import elder from "./controllers/elder";
import errors from "./controllers/errors";
import fold from "./controllers/fold";
import handover from "./controllers/handover";
import hold from "./controllers/hold";
import leave from "./controllers/leave";
import lightbox from "./controllers/lightbox";
import print from "./controllers/print";
import scanned from "./controllers/scanned";
import submitOnce from "./controllers/submit_once";
import trouble from "./controllers/trouble";
import upload from "./controllers/upload";
import uploads from "./controllers/uploads";
import viewer from "./controllers/viewer";
import { start } from "./lib/start";

start({
  confirm,
  dialog,
  elder,
  errors,
  fold,
  handover,
  hold,
  leave,
  lightbox,
  print,
  scanned,
  "submit-once": submitOnce,
  trouble,
  upload,
  uploads,
  viewer,
});

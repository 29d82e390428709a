/** A picture on its way: kept in this browser until the server confirmed its bytes. */
export interface Entry {
  /** The idempotency key: a repeated request makes no second picture. */
  key: string;
  /** Whose it is, and which dossier it belongs to. */
  owner: string;
  scope: string;
  /** Where it is sent, and the element of the page that shows it. */
  action: string;
  card: string;
  /** What people call its place. */
  label: string;
  type: string;
  data: ArrayBuffer;
  /** "sha256:<hex>" of data; empty where the browser can't compute it. */
  digest: string;
  addedAt: number;
}

const NAME = "kaosheng-uploads";
const TABLE = "entries";
/** Milliseconds after which a database that answers nothing (Safari 14 after a restart) counts as none. */
const PATIENCE = 3_000;
/** Where keys of entries stand that are done with though the database didn't let go of them, and how many at most. */
const DONE = "kaosheng-uploads-done";
const MOST_DONE = 100;

/**
 * The browser's database, as well as the browser can: private windows have none, full disks take nothing, and iOS closes
 * the connections of pages in the background. Nothing here rejects: a picture goes out of the page, kept or not.
 */
export class Store {
  private database: Promise<IDBDatabase> | null = null;

  async all(): Promise<Entry[]> {
    const entries = await this.run<Entry[]>("readonly", (table) => table.getAll()).catch((): Entry[] => []);
    const done = doneWith();
    entries.filter(({ key }) => done.includes(key)).forEach(({ key }) => void this.remove(key));
    return entries.filter(({ key }) => !done.includes(key)).sort((one, other) => one.addedAt - other.addedAt);
  }

  /** Whether it is still kept, and not done with by another tab; a database that doesn't answer has it. */
  async has(key: string): Promise<boolean> {
    const count = await this.run<number>("readonly", (table) => table.count(key)).catch(() => 1);
    return count > 0 && !doneWith().includes(key);
  }

  /** Whether it now outlives the page. */
  put(entry: Entry): Promise<boolean> {
    return succeeds(this.run("readwrite", (table) => table.put(entry)));
  }

  /** For good: what the database doesn't let go of is no entry any more, and removed at a later visit. */
  async remove(key: string): Promise<void> {
    const isGone = await succeeds(this.run("readwrite", (table) => table.delete(key)));
    const others = doneWith().filter((one) => one !== key);
    noteDone(isGone ? others : [...others, key]);
  }

  /** Forgets everything, whoever it belongs to. */
  async clear(): Promise<void> {
    await succeeds(this.run("readwrite", (table) => table.clear()));
    noteDone([]);
  }

  /** Does something with the table, over a new connection if it fails over the one there is. */
  private async run<Result>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest): Promise<Result> {
    // One that can't be opened at first is asked for no more: every picture would wait for it.
    this.database = this.database ?? openDatabase();
    const database = await this.database;
    try {
      return await transacted(database, mode, work);
    } catch {
      database.close();
      const reopened = await openDatabase();
      this.database = Promise.resolve(reopened);
      return await transacted(reopened, mode, work);
    }
  }
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
    request.onblocked = () => reject(new Error("blocked"));
    window.setTimeout(() => reject(new Error("no answer")), PATIENCE);
  });
}

function transacted<Result>(database: IDBDatabase, mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest): Promise<Result> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(TABLE, mode);
    const request = work(transaction.objectStore(TABLE));
    // Only a finished transaction is on the disk.
    transaction.oncomplete = () => resolve(request.result as Result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("not stored"));
    window.setTimeout(() => reject(new Error("no answer")), PATIENCE);
  });
}

function doneWith(): string[] {
  try {
    return JSON.parse(window.localStorage.getItem(DONE) ?? "[]") as string[];
  } catch {
    return [];
  }
}

function noteDone(keys: string[]): void {
  try {
    if (keys.join() !== doneWith().join()) {
      window.localStorage.setItem(DONE, JSON.stringify(keys.slice(-MOST_DONE)));
    }
  } catch {
    // What is sent again has its old key: the service answers by the picture it has.
  }
}

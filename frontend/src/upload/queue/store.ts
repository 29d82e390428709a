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

export interface Store {
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  remove(key: string): Promise<void>;
  /** Whether it outlives the page. */
  readonly lasting: boolean;
}

const NAME = "kaosheng-uploads";
const TABLE = "entries";
/** Milliseconds after which a database that answers nothing (Safari 14 after a restart) counts as none. */
const PATIENCE = 3_000;

/** The browser's database; memory where it has none (private windows of old browsers). */
export async function openStore(): Promise<Store> {
  try {
    return new DatabaseStore(await openDatabase());
  } catch {
    return new MemoryStore();
  }
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

class DatabaseStore implements Store {
  readonly lasting = true;

  constructor(private readonly database: IDBDatabase) {}

  async all(): Promise<Entry[]> {
    const entries = await this.run<Entry[]>("readonly", (table) => table.getAll());
    return entries.sort((one, other) => one.addedAt - other.addedAt);
  }

  async put(entry: Entry): Promise<void> {
    await this.run("readwrite", (table) => table.put(entry));
  }

  async remove(key: string): Promise<void> {
    await this.run("readwrite", (table) => table.delete(key));
  }

  private run<Result>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest): Promise<Result> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(TABLE, mode);
      const request = work(transaction.objectStore(TABLE));
      // Only a finished transaction is on the disk.
      transaction.oncomplete = () => resolve(request.result as Result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("not stored"));
    });
  }
}

class MemoryStore implements Store {
  readonly lasting = false;
  private readonly entries = new Map<string, Entry>();

  async all(): Promise<Entry[]> {
    return Array.from(this.entries.values());
  }

  async put(entry: Entry): Promise<void> {
    this.entries.set(entry.key, entry);
  }

  async remove(key: string): Promise<void> {
    this.entries.delete(key);
  }
}

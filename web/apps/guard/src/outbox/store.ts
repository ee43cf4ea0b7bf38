/** What outlives the app: IndexedDB, one box for each account; memory where the browser gives none. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Item } from './outbox'

interface Shape extends DBSchema {
  items: { key: string; value: Item & { account_id: string } }
  kept: { key: string; value: { name: string; account_id: string; value: unknown } }
}

export class Store {
  private readonly db: Promise<IDBPDatabase<Shape> | null>
  /** False: nothing survives the closing of the page, and the screen says so. */
  lasting = true

  constructor(name = 'pingan.guard') {
    this.db = openDB<Shape>(name, 1, {
      upgrade(db) {
        db.createObjectStore('items', { keyPath: 'id' })
        db.createObjectStore('kept', { keyPath: 'name' })
      },
    }).catch(() => {
      this.lasting = false
      return null
    })
  }

  async list(account_id: string): Promise<Item[]> {
    const all = (await (await this.db)?.getAll('items')) ?? []
    return all.filter((item) => item.account_id === account_id)
  }

  async put(account_id: string, item: Item): Promise<void> {
    await this.attempt((db) => db.put('items', { ...item, account_id }))
  }

  async remove(id: string): Promise<void> {
    await this.attempt((db) => db.delete('items', id))
  }

  /** A value of that name, if it is this account's. */
  async read<T>(name: string, account_id: string): Promise<T | null> {
    const row = await (await this.db)?.get('kept', name).catch(() => undefined)
    return row && row.account_id === account_id ? (row.value as T) : null
  }

  async keep(name: string, account_id: string, value: unknown): Promise<void> {
    await this.attempt((db) => db.put('kept', { name, account_id, value }))
  }

  /** The person has logged out: nothing of him stays on the phone. */
  async clear(): Promise<void> {
    await this.attempt(async (db) => {
      await db.clear('items')
      await db.clear('kept')
    })
  }

  /** What another person left here, after a login that ended without being logged out. */
  async clearOthers(account_id: string): Promise<void> {
    await this.attempt(async (db) => {
      for (const item of await db.getAll('items')) if (item.account_id !== account_id) await db.delete('items', item.id)
      for (const row of await db.getAll('kept')) if (row.account_id !== account_id) await db.delete('kept', row.name)
    })
  }

  private async attempt(work: (db: IDBPDatabase<Shape>) => Promise<unknown>): Promise<void> {
    const db = await this.db
    if (!db) return
    try {
      await work(db)
    } catch {
      // a full disk: the action goes on from memory
      this.lasting = false
    }
  }
}

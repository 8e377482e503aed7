/** One row an event of a connection: whose feed it is in. Disposable; the log is the truth, and says what happened. */
export interface FeedRow {
  connection_id: string;
  revision: number;
  position: string;
  source_organization_id: string;
  destination_organization_id: string;
}

export interface FeedTables {
  feed: FeedRow;
}

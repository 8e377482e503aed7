/** One row for each event of a connection: whose feed it is in. Rebuilt from the log, which holds the content. */
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

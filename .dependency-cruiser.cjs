/** Who may import whom. `npm run check:imports` runs these; a test shows that they catch what they should. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle has no beginning to read from.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'The rules of the handshake depend on nothing, so that everything may depend on them.',
      from: { path: '^libs/connection/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/connection/src/domain/' },
    },
    {
      name: 'infrastructure-knows-no-connections',
      severity: 'error',
      comment: 'The event store, the database and the directory serve any domain.',
      from: { path: '^libs/(event-store|database|directory)/' },
      to: { path: '^libs/(connection|host)/' },
    },
    {
      name: 'database-is-at-the-bottom',
      severity: 'error',
      comment: 'The database is below the event store.',
      from: { path: '^libs/database/' },
      to: { path: '^libs/(event-store|directory)/' },
    },
    {
      name: 'audit-knows-no-stores',
      severity: 'error',
      comment: 'What proves the log is proven by itself: it needs the log, the database and what events mean.',
      from: { path: '^libs/audit/' },
      to: { path: '^libs/(directory|host|client)/' },
    },
    {
      name: 'nothing-needs-the-audit',
      severity: 'error',
      comment: 'The handshake goes on without proofs; they are made from what it leaves in the log.',
      from: { path: '^libs/(event-store|database|directory|connection|client)/' },
      to: { path: '^libs/audit/' },
    },
    {
      name: 'connection-knows-no-directory',
      severity: 'error',
      comment: 'The handshake asks for known organizations through a port of its own.',
      from: { path: '^libs/connection/' },
      to: { path: '^libs/(directory|host)/' },
    },
    {
      name: 'client-depends-on-nothing',
      severity: 'error',
      comment: 'Whoever installs the client installs nothing else, and it knows the service by its contract alone.',
      from: { path: '^libs/client/src/', pathNot: '\\.(int-)?spec\\.ts$|/testing/' },
      to: { pathNot: '^libs/client/src/' },
    },
    {
      name: 'libs-know-no-apps',
      severity: 'error',
      comment: 'Apps import libs.',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-stand-alone',
      severity: 'error',
      comment: 'What two apps need belongs into a lib; only what builds and starts them lies beside them.',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/($1/|build-when-needed\\.mjs$)' },
    },
    {
      name: 'dashboard-knows-the-contract-alone',
      severity: 'error',
      comment: 'What runs in a browser knows the service by the API’s types, and the two tables of who may do what.',
      from: { path: '^apps/dashboard/' },
      to: {
        path: '^libs/',
        pathNot: '^libs/(connection/src/domain/|directory/src/roles\\.ts$|client/src/generated\\.ts$)',
      },
    },
    {
      name: 'adapters-are-named-once',
      severity: 'error',
      comment: 'Only what opens the stores names an adapter.',
      from: {
        path: '^(apps|libs)/',
        pathNot:
          '^(libs/host/src/(stores|eventstoredb|postgres)\\.ts|libs/event-store/src/(sqlite|eventstoredb)/|libs/database/src/)|\\.(int-)?spec\\.ts$|/testing/',
      },
      to: { path: '^libs/(event-store/src/(sqlite|eventstoredb)/|database/src/(sqlite|postgres)-database)' },
    },
    {
      name: 'sqlite-driver-in-two-places',
      severity: 'error',
      comment: 'The driver stays behind the database lib and the SQLite event store.',
      from: {
        path: '^(apps|libs)/',
        pathNot: '^libs/(event-store/src/sqlite|database/src)/|\\.(int-)?spec\\.ts$|/testing/',
      },
      to: { path: 'node_modules/better-sqlite3|^(node:)?sqlite$' },
    },
    {
      name: 'postgres-driver-in-one-place',
      severity: 'error',
      comment: 'The driver stays behind the database lib.',
      from: {
        path: '^(apps|libs)/',
        pathNot: '^libs/database/src/|\\.(int-)?spec\\.ts$|/testing/',
      },
      to: { path: 'node_modules/pg/' },
    },
    {
      name: 'eventstoredb-client-in-one-place',
      severity: 'error',
      comment: 'The client and its protocol stay behind the EventStoreDB event store.',
      from: {
        path: '^(apps|libs)/',
        pathNot: '^libs/event-store/src/eventstoredb/|\\.(int-)?spec\\.ts$|/testing/',
      },
      to: { path: 'node_modules/(@eventstore/db-client|@grpc/grpc-js|google-protobuf)' },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      comment: 'Test equipment never ships.',
      from: { path: '^(apps|libs)/', pathNot: '(\\.(int-)?spec\\.ts$|/testing/)' },
      to: { path: '(^test/|/testing/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '^dist/' },
  },
};

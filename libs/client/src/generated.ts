// Made from the OpenAPI document of the service by `npm run generate:client`. Never change it by hand.

export interface paths {
  '/api/v1/connect/connections': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List connections */
    get: operations['listConnections'];
    put?: never;
    /** Create a connection */
    post: operations['createConnection'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Retrieve a connection */
    get: operations['retrieveConnection'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}/activate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Activate a connection */
    post: operations['activateConnection'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}/deactivate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Deactivate a connection */
    post: operations['deactivateConnection'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}/reactivate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Return a connection to pending */
    post: operations['reactivateConnection'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}/events/{revision}/redact': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Redact a text */
    post: operations['redactText'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the history of a connection */
    get: operations['listConnectionEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the feed of all your connections */
    get: operations['listEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}/diff': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Compare a connection at two times */
    get: operations['compareConnection'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/scopes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the scopes */
    get: operations['listScopes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/share-checks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Check whether data may be shared */
    post: operations['checkSharing'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/organization': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Retrieve your own organization */
    get: operations['retrieveOrganization'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/organizations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List organizations */
    get: operations['listOrganizations'];
    put?: never;
    /** Create an organization */
    post: operations['createOrganization'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/api-keys': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List API keys */
    get: operations['listApiKeys'];
    put?: never;
    /** Create an API key */
    post: operations['createApiKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/api-keys/{id}/revoke': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Revoke an API key */
    post: operations['revokeApiKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session/methods': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How people can sign in here */
    get: operations['listSignInMethods'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who is signed in */
    get: operations['retrieveSession'];
    put?: never;
    /** Sign in */
    post: operations['signIn'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session/end': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign out */
    post: operations['endSession'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session/end-all': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign out everywhere */
    post: operations['endAllSessions'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session/password': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change your password */
    post: operations['changePassword'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/members': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the people of your organization */
    get: operations['listMembers'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/members/{id}/role': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change what a member may do */
    post: operations['changeMemberRole'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/members/{id}/remove': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Remove a member */
    post: operations['removeMember'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/invitations/view': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** See what an invitation is for */
    post: operations['viewInvitation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/invitations/accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Join an organization */
    post: operations['acceptInvitation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/invitations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List invitations */
    get: operations['listInvitations'];
    put?: never;
    /** Invite somebody to your organization */
    post: operations['createInvitation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/invitations/{id}/revoke': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Take an invitation back */
    post: operations['revokeInvitation'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/audit/accesses': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List who looked into what happened */
    get: operations['listAccesses'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/audit/keys': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the keys that sign */
    get: operations['listAuditKeys'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/audit/checkpoints': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List what was signed */
    get: operations['listCheckpoints'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/audit/checkpoints/latest': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the latest checkpoint */
    get: operations['latestCheckpoint'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/audit/checkpoints/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a checkpoint */
    get: operations['retrieveCheckpoint'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/audit/consistency': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Prove that the log only grew */
    get: operations['proveConsistency'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/connect/connections/{id}/events/{revision}/proof': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Prove that an event is in the log */
    get: operations['proveEvent'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Connection: {
      /**
       * @description Always `connect/connections`.
       * @enum {string}
       */
      type: 'connect/connections';
      /** @description Derived from the directed pair: it stays the same for ever. */
      id: string;
      attributes: components['schemas']['ConnectionAttributes'];
      meta: components['schemas']['ConnectionMeta'];
    };
    Scope: {
      /**
       * @description Always `connect/scopes`.
       * @enum {string}
       */
      type: 'connect/scopes';
      /** @description The scope, as connections name it. */
      id: string;
      attributes: {
        /** @description What it lets the destination do, in plain words. */
        description: string;
        /** @description Whether a connection has it whose creator names no scopes. */
        default: boolean;
      };
    };
    ScopeList: {
      data: components['schemas']['Scope'][];
    };
    ConnectionAttributes: {
      /** @description The same as the id. */
      token: string;
      /** @description A name that the source gave it; null for none, and for one that was redacted. */
      name: string | null;
      /**
       * @description Data may be shared only while it is `active`.
       * @enum {string}
       */
      status: 'pending' | 'active' | 'inactive';
      /** @description The source: the organization that created it. */
      organizationId: string;
      /** @description The same as `organization-id`. */
      sourceOrganizationId: string;
      /** @description The organization that receives. */
      destinationOrganizationId: string;
      /** @description The types of data that may be shared. */
      scopes: string[];
      /** @description Who created it: an API key such as `api_ABC123`, or a person such as `usr_ABC123`. */
      creatorId: string;
      /**
       * @description What kind of actor created it.
       * @enum {string}
       */
      creatorType: 'api-key' | 'user' | 'system';
      /**
       * @description Which party ended it; null unless it is `inactive`.
       * @enum {string|null}
       */
      deactivatedBy: 'source' | 'destination' | null;
      /**
       * Format: date-time
       * @description When it was created, in UTC.
       */
      createdAt: string;
      /**
       * Format: date-time
       * @description When its last event happened, in UTC.
       */
      updatedAt: string;
    };
    ConnectionMeta: {
      /** @description Counts its events from 0; also in the ETag. */
      revision: number;
      /**
       * @description The part of your organization in it; null for a platform credential.
       * @enum {string|null}
       */
      role: 'source' | 'destination' | null;
      /** @description What you may do with it now. Empty for a past state. */
      allowedActions: ('activate' | 'deactivate' | 'reactivate')[];
      /** @description The other party; null for a platform credential. */
      counterparty: components['schemas']['Counterparty'] | null;
      /**
       * @description Only in the answer to a dry run: nothing was written.
       * @enum {boolean}
       */
      dryRun?: true;
    };
    Counterparty: {
      /** @description The other organization. */
      organizationId: string;
      /** @description Its name. */
      name: string | null;
    };
    ConnectionAnswer: {
      data: components['schemas']['Connection'];
    };
    ConnectionPage: {
      data: components['schemas']['Connection'][];
      links: {
        /** @description The previous page, relative to this one; null at the end. */
        prev: string | null;
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    ConnectionEvent: {
      /**
       * @description Always `connect/events`.
       * @enum {string}
       */
      type: 'connect/events';
      /** @description The connection and the revision. It stays the same for ever. */
      id: string;
      attributes: components['schemas']['ConnectionEventAttributes'];
    };
    ConnectionEventAttributes: {
      /** @description The connection. */
      connectionId: string;
      /** @description Its place in the history of the connection. */
      revision: number;
      /**
       * @description What happened.
       * @enum {string}
       */
      event:
        | 'ConnectionCreated'
        | 'ConnectionActivated'
        | 'ConnectionDeactivated'
        | 'ConnectionReturnedToPending'
        | 'ConnectionTextRedacted';
      /** @description The same for people: one sentence, with the organizations by their names. Its words may change; do not parse it. */
      summary: string;
      /**
       * @description The status before; null for the creation.
       * @enum {string|null}
       */
      fromStatus: 'pending' | 'active' | 'inactive' | null;
      /**
       * @description The status after.
       * @enum {string}
       */
      toStatus: 'pending' | 'active' | 'inactive';
      actor: components['schemas']['Actor'];
      /** @description What the actor gave as its reason; null for none, and for one that was redacted. */
      reason: string | null;
      /** @description Whether what the actor wrote, a name or a reason, was redacted. */
      redacted: boolean;
      /** @description Of a redaction: the revision whose text it took away. Null for every other event. */
      redactedRevision: number | null;
      /**
       * Format: date-time
       * @description When it happened, in UTC.
       */
      occurredAt: string;
      /** @description The Request-Id that was answered. */
      requestId: string | null;
      /** @description The id that the client gave to what it was doing. */
      correlationId: string | null;
      /** @description Its place in the order of all events; compare as text. Null where the log does not tell. */
      position: string | null;
      /** @description The hash of the event before; null for the creation. */
      previousHash: string | null;
      /** @description SHA-256 over this event and the hash before it. */
      hash: string | null;
    };
    Actor: {
      /**
       * @description What kind of actor it was.
       * @enum {string}
       */
      type: 'api-key' | 'user' | 'system';
      /** @description The credential or person. */
      id: string;
      /** @description The organization that it acted for; null for the operator of the service. */
      organizationId: string | null;
      /**
       * @description The part of that organization in the connection; `platform` for the operator, who may only redact.
       * @enum {string}
       */
      role: 'source' | 'destination' | 'platform';
    };
    ConnectionHistory: {
      data: components['schemas']['ConnectionEvent'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    Feed: {
      data: components['schemas']['ConnectionEvent'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
      meta: {
        /** @description Where this page ends: give it as `page[after]` to go on, now or later. */
        cursor: string;
      };
    };
    ConnectionDifference: {
      /**
       * @description Always `connect/diffs`.
       * @enum {string}
       */
      type: 'connect/diffs';
      attributes: {
        /** @description The connection. */
        connectionId: string;
        /** @description Where the comparison begins; null where the connection was not there yet. */
        from: components['schemas']['ComparedState'] | null;
        /** @description Where the comparison ends; null where the connection was not there yet. */
        to: components['schemas']['ComparedState'] | null;
        /** @description The attributes of the connection that are not the same at both ends, and no others. */
        changes: components['schemas']['Change'][];
        /** @description What happened in between, oldest first; the first 100 of it. */
        events: components['schemas']['ConnectionEvent'][];
      };
    };
    ComparedState: {
      /** @description The last revision by then. */
      revision: number;
      /**
       * Format: date-time
       * @description When its event happened, in UTC.
       */
      updatedAt: string;
      /** @description The hash of that event, which stands for all before it. */
      hash: string | null;
    };
    Change: {
      /** @description The name of the attribute. */
      attribute: string;
      /** @description Its value at the beginning; null as well where the connection was not there. */
      from: (string | null) | string[];
      /** @description Its value at the end. */
      to: (string | null) | string[];
    };
    ConnectionDifferenceAnswer: {
      data: components['schemas']['ConnectionDifference'];
      links: {
        /** @description Where the history goes on behind the last of the events here, relative to this; null when these are all. */
        events: string | null;
      };
    };
    ShareCheck: {
      /**
       * @description Always `connect/share-checks`.
       * @enum {string}
       */
      type: 'connect/share-checks';
      attributes: components['schemas']['ShareCheckAttributes'];
    };
    ShareCheckAttributes: {
      /** @description As asked. */
      sourceOrganizationId: string;
      /** @description As asked. */
      destinationOrganizationId: string;
      /** @description As asked. */
      scopes: string[];
      /**
       * Format: date-time
       * @description The moment that is answered for; null for now, and for a revision.
       */
      asOf: string | null;
      /** @description Whether all of it may be shared. */
      allowed: boolean;
      /**
       * @description Why.
       * @enum {string}
       */
      reason: 'active' | 'no-connection' | 'pending' | 'inactive' | 'scope-not-granted';
      /** @description Why, for people. */
      details: string;
      /** @description The scopes that may not be shared. */
      refusedScopes: string[];
      /** @description The next step towards sharing; null where none is needed, or none helps. */
      unblockedBy: components['schemas']['UnblockingStep'] | null;
      /** @description The connection; null where you can see none. */
      connectionId: string | null;
      /**
       * @description Its status.
       * @enum {string|null}
       */
      status: 'pending' | 'active' | 'inactive' | null;
      /** @description Its revision: the one that was asked for, or the last one by then. */
      revision: number | null;
      /** @description The hash of the event that decided, which stands for all before it. */
      hash: string | null;
      /** @description The event that decided: the last one of the connection by then. */
      eventId: string | null;
      /**
       * Format: date-time
       * @description When that event happened.
       */
      since: string | null;
    };
    UnblockingStep: {
      /**
       * @description The step.
       * @enum {string}
       */
      step: 'create' | 'activate' | 'deactivate' | 'reactivate';
      /** @description Who may take it. */
      by: ('source' | 'destination')[];
    };
    ShareCheckAnswer: {
      data:
        components['schemas']['ShareCheck'] | (components['schemas']['ShareCheck'] | components['schemas']['Errors'])[];
    };
    AuditKey: {
      /**
       * @description Always `audit/keys`.
       * @enum {string}
       */
      type: 'audit/keys';
      /** @description The id that tells keys of one log apart. */
      id: string;
      attributes: components['schemas']['AuditKeyAttributes'];
    };
    AuditKeyAttributes: {
      /** @description Which log it signs for: the origin of its checkpoints. */
      name: string;
      /** @description The public key as https://c2sp.org/signed-note writes it: name, id and key. */
      verifierKey: string;
      /**
       * Format: date-time
       * @description Since when it may have signed.
       */
      knownSince: string;
      /**
       * Format: date-time
       * @description Since when it signs no more; null while it does.
       */
      retiredAt: string | null;
    };
    AuditKeyList: {
      data: components['schemas']['AuditKey'][];
    };
    Checkpoint: {
      /**
       * @description Always `audit/checkpoints`.
       * @enum {string}
       */
      type: 'audit/checkpoints';
      /** @description The size. */
      id: string;
      attributes: components['schemas']['CheckpointAttributes'];
    };
    CheckpointAttributes: {
      /** @description Which log it is of. */
      origin: string;
      /** @description How many events the log had. */
      size: number;
      /** @description The root of the Merkle tree over them, in base64. */
      root: string;
      /**
       * Format: date-time
       * @description When it was signed.
       */
      signedAt: string;
      /** @description What was signed, with its signatures: a note in the form of https://c2sp.org/tlog-checkpoint. */
      note: string;
    };
    CheckpointAnswer: {
      data: components['schemas']['Checkpoint'];
    };
    CheckpointList: {
      data: components['schemas']['Checkpoint'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    ConsistencyProof: {
      /**
       * @description Always `audit/consistency-proofs`.
       * @enum {string}
       */
      type: 'audit/consistency-proofs';
      /** @description The two sizes. */
      id: string;
      attributes: components['schemas']['ConsistencyProofAttributes'];
    };
    ConsistencyProofAttributes: {
      /** @description As asked. */
      from: number;
      /** @description The root of the older tree, in base64. */
      fromRoot: string;
      /** @description As asked. */
      to: number;
      /** @description The root of the newer tree, in base64. */
      toRoot: string;
      /** @description The consistency proof of RFC 6962, section 2.1.2. */
      path: string[];
    };
    ConsistencyProofAnswer: {
      data: components['schemas']['ConsistencyProof'];
    };
    InclusionProof: {
      /**
       * @description Always `audit/inclusion-proofs`.
       * @enum {string}
       */
      type: 'audit/inclusion-proofs';
      /** @description The id of the event. */
      id: string;
      attributes: components['schemas']['InclusionProofAttributes'];
    };
    InclusionProofAttributes: {
      /** @description The hash of the event, whose 32 bytes are the data of the leaf. */
      eventHash: string | null;
      /** @description The place of the event in the whole log, counted from 0. */
      leafIndex: number;
      /** @description How many events the checkpoint covers. */
      treeSize: number;
      /** @description The audit path of RFC 6962, section 2.1.1, from the leaf upwards. */
      path: string[];
      /** @description The note of the checkpoint, whose root the path leads to. */
      checkpoint: string;
    };
    InclusionProofAnswer: {
      data: components['schemas']['InclusionProof'];
    };
    Organization: {
      /**
       * @description Always `organizations`.
       * @enum {string}
       */
      type: 'organizations';
      /** @description The Organization ID that partners create connections to. */
      id: string;
      attributes: {
        /** @description Its name. */
        name: string;
        /**
         * Format: date-time
         * @description When it was made, in UTC.
         */
        createdAt: string;
      };
    };
    OrganizationAnswer: {
      data: components['schemas']['Organization'];
    };
    OrganizationPage: {
      data: components['schemas']['Organization'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    ApiKey: {
      /**
       * @description Always `api-keys`.
       * @enum {string}
       */
      type: 'api-keys';
      /** @description The id of the key; not the key itself. */
      id: string;
      attributes: {
        /** @description The organization that the key speaks for; null for a platform credential. */
        organizationId: string | null;
        /**
         * @description What the key may do.
         * @enum {string}
         */
        role: 'member' | 'auditor' | 'admin' | 'platform-admin' | 'platform-auditor';
        /** @description What it was called when it was made. */
        name: string;
        /**
         * Format: date-time
         * @description When it was made, in UTC.
         */
        createdAt: string;
        /**
         * Format: date-time
         * @description When it ends by itself; null for never.
         */
        expiresAt: string | null;
        /**
         * Format: date-time
         * @description When it was revoked; null while it was not.
         */
        revokedAt: string | null;
        /**
         * Format: date-time
         * @description When it was last used, to about a minute; null when it never was.
         */
        lastUsedAt: string | null;
      };
    };
    CreatedApiKey: {
      /**
       * @description Always `api-keys`.
       * @enum {string}
       */
      type: 'api-keys';
      /** @description The id of the key; not the key itself. */
      id: string;
      attributes: {
        /** @description The organization that the key speaks for; null for a platform credential. */
        organizationId: string | null;
        /**
         * @description What the key may do.
         * @enum {string}
         */
        role: 'member' | 'auditor' | 'admin' | 'platform-admin' | 'platform-auditor';
        /** @description What it was called when it was made. */
        name: string;
        /**
         * Format: date-time
         * @description When it was made, in UTC.
         */
        createdAt: string;
        /**
         * Format: date-time
         * @description When it ends by itself; null for never.
         */
        expiresAt: string | null;
        /**
         * Format: date-time
         * @description When it was revoked; null while it was not.
         */
        revokedAt: string | null;
        /**
         * Format: date-time
         * @description When it was last used, to about a minute; null when it never was.
         */
        lastUsedAt: string | null;
        /** @description The key itself, `cx_<id>_<secret>`: shown this once and kept nowhere. Null in the repeated answer to a retry. */
        key: string | null;
      };
    };
    ApiKeyAnswer: {
      data: components['schemas']['ApiKey'];
    };
    CreatedApiKeyAnswer: {
      data: components['schemas']['CreatedApiKey'];
    };
    ApiKeyPage: {
      data: components['schemas']['ApiKey'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    SignInMethodsAnswer: {
      data: {
        /**
         * @description Always `sign-in-methods`.
         * @enum {string}
         */
        type: 'sign-in-methods';
        attributes: {
          /** @description Whether an e-mail address and a password let in. */
          password: boolean;
          /** @description The provider that people can sign in by, at `/api/v1/session/sign-on`; null for none. */
          singleSignOn: {
            /** @description How the provider is called. */
            name: string;
          } | null;
        };
      };
    };
    Session: {
      /**
       * @description Always `sessions`.
       * @enum {string}
       */
      type: 'sessions';
      /** @description The id of the session; not what lets in. */
      id: string;
      attributes: {
        person: {
          /** @description What events call the person. */
          id: string;
          /** @description How they are called. */
          name: string;
          /**
           * Format: email
           * @description Their e-mail address, in lower case.
           */
          email: string;
        };
        /** @description What they belong to, the oldest membership first. `Connect-Organization` chooses among them. */
        memberships: components['schemas']['SessionMembership'][];
        /** @description Whether there is a password to change. */
        hasPassword: boolean;
        /**
         * Format: date-time
         * @description When the person signed in.
         */
        createdAt: string;
        /**
         * Format: date-time
         * @description When the session ends unless it is used before.
         */
        idleExpiresAt: string;
        /**
         * Format: date-time
         * @description When it ends however much it is used.
         */
        expiresAt: string;
      };
    };
    SessionMembership: {
      /** @description The organization. */
      organizationId: string;
      /** @description Its name. */
      organizationName: string;
      /**
       * @description What the person may do for it.
       * @enum {string}
       */
      role: 'member' | 'auditor' | 'admin';
    };
    SessionAnswer: {
      data: components['schemas']['Session'];
    };
    EndedSessionsAnswer: {
      data: components['schemas']['Session'];
      meta: {
        /** @description How many sessions were ended. */
        ended: number;
      };
    };
    Member: {
      /**
       * @description Always `members`.
       * @enum {string}
       */
      type: 'members';
      /** @description The id of the person, which events have for what they did. */
      id: string;
      attributes: {
        /** @description How they are called. */
        name: string;
        /**
         * Format: email
         * @description Their e-mail address, in lower case.
         */
        email: string;
        /**
         * @description What they may do.
         * @enum {string}
         */
        role: 'member' | 'auditor' | 'admin';
        /**
         * Format: date-time
         * @description When they joined the organization, in UTC.
         */
        joinedAt: string;
        /**
         * Format: date-time
         * @description When they last spoke for it, to a minute or so; null for never.
         */
        lastSeenAt: string | null;
      };
    };
    MemberAnswer: {
      data: components['schemas']['Member'];
    };
    MemberPage: {
      data: components['schemas']['Member'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    Invitation: {
      /**
       * @description Always `invitations`.
       * @enum {string}
       */
      type: 'invitations';
      /** @description The id of the invitation. */
      id: string;
      attributes: {
        /**
         * Format: email
         * @description Who is invited, in lower case.
         */
        email: string;
        /**
         * @description What they may do once they have joined.
         * @enum {string}
         */
        role: 'member' | 'auditor' | 'admin';
        /**
         * @description What has become of it.
         * @enum {string}
         */
        state: 'open' | 'accepted' | 'revoked' | 'expired';
        /**
         * Format: date-time
         * @description When it was made, in UTC.
         */
        createdAt: string;
        /**
         * Format: date-time
         * @description Until when it can be accepted.
         */
        expiresAt: string;
        /**
         * Format: date-time
         * @description When it was accepted; null while it was not.
         */
        acceptedAt: string | null;
        /**
         * Format: date-time
         * @description When it was revoked; null while it was not.
         */
        revokedAt: string | null;
      };
    };
    CreatedInvitation: {
      /**
       * @description Always `invitations`.
       * @enum {string}
       */
      type: 'invitations';
      /** @description The id of the invitation. */
      id: string;
      attributes: {
        /**
         * Format: email
         * @description Who is invited, in lower case.
         */
        email: string;
        /**
         * @description What they may do once they have joined.
         * @enum {string}
         */
        role: 'member' | 'auditor' | 'admin';
        /**
         * @description What has become of it.
         * @enum {string}
         */
        state: 'open' | 'accepted' | 'revoked' | 'expired';
        /**
         * Format: date-time
         * @description When it was made, in UTC.
         */
        createdAt: string;
        /**
         * Format: date-time
         * @description Until when it can be accepted.
         */
        expiresAt: string;
        /**
         * Format: date-time
         * @description When it was accepted; null while it was not.
         */
        acceptedAt: string | null;
        /**
         * Format: date-time
         * @description When it was revoked; null while it was not.
         */
        revokedAt: string | null;
        /** @description What to give to them: shown this once and kept nowhere. Null in the repeated answer to a retry. */
        link: string | null;
      };
    };
    InvitationAnswer: {
      data: components['schemas']['Invitation'];
    };
    CreatedInvitationAnswer: {
      data: components['schemas']['CreatedInvitation'];
    };
    InvitationPage: {
      data: components['schemas']['Invitation'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    InvitationViewAnswer: {
      data: {
        /**
         * @description Always `invitation-views`.
         * @enum {string}
         */
        type: 'invitation-views';
        attributes: {
          /** @description The organization to join. */
          organizationName: string;
          /**
           * Format: email
           * @description Who is invited.
           */
          email: string;
          /**
           * @description What they may do once they have joined.
           * @enum {string}
           */
          role: 'member' | 'auditor' | 'admin';
          /** @description Whether they have an account already, and sign in; else they set a password. */
          hasAccount: boolean;
          /**
           * Format: date-time
           * @description Until when it can be accepted.
           */
          expiresAt: string;
        };
      };
    };
    Access: {
      /**
       * @description Always `audit/accesses`.
       * @enum {string}
       */
      type: 'audit/accesses';
      /** @description The id of the record. */
      id: string;
      attributes: {
        /**
         * @description What it was.
         * @enum {string}
         */
        kind: 'history' | 'time-travel' | 'diff' | 'proof' | 'export';
        /** @description The key or person; null for the operator at the command line. */
        credentialId: string | null;
        /** @description The organization of that credential; null for the platform’s and the operator. */
        organizationId: string | null;
        /**
         * @description The role of that credential, or `operator`.
         * @enum {string}
         */
        role: 'member' | 'auditor' | 'admin' | 'platform-admin' | 'platform-auditor' | 'operator';
        /**
         * @description What was looked at.
         * @enum {string}
         */
        subjectType: 'connection' | 'organization' | 'everything';
        /** @description The id of the connection or organization; null for everything. */
        subjectId: string | null;
        /**
         * Format: date-time
         * @description When, in UTC.
         */
        accessedAt: string;
        /** @description The Request-Id of the answer; null at the command line. */
        requestId: string | null;
        /** @description What was asked for: method, path and query, or the command. */
        request: string;
        /**
         * @description `given`, or of an export: `begun`, `completed` or `broken-off`. One that stays `begun` was broken off without a word.
         * @enum {string}
         */
        outcome: 'given' | 'begun' | 'completed' | 'broken-off';
        /** @description How many events, or other items of a list, were given; null for a single one, and for an access to all connections of another organization. */
        items: number | null;
        /**
         * Format: date-time
         * @description When an export ended, in UTC.
         */
        endedAt: string | null;
      };
    };
    AccessPage: {
      data: components['schemas']['Access'][];
      links: {
        /** @description The next page, relative to this one; null at the end. */
        next: string | null;
      };
    };
    Errors: {
      /** @description Everything that was wrong, at once, up to a hundred. The status of the answer is the lowest of theirs. */
      errors: components['schemas']['Error'][];
    };
    Error: {
      /** @description The HTTP status that belongs to the code. */
      status: string;
      /**
       * @description What clients branch on. Its meaning never changes.
       * @enum {string}
       */
      code:
        | 'malformed-body'
        | 'malformed-request'
        | 'unknown-attribute'
        | 'repeated-attribute'
        | 'unknown-parameter'
        | 'invalid-parameter'
        | 'invalid-cursor'
        | 'invalid-header'
        | 'unauthenticated'
        | 'sign-in-refused'
        | 'not-permitted'
        | 'foreign-organization'
        | 'cross-site'
        | 'another-person'
        | 'wrong-person'
        | 'not-found'
        | 'unknown-route'
        | 'not-then'
        | 'not-acceptable'
        | 'already-connected'
        | 'illegal-transition'
        | 'request-in-flight'
        | 'already-member'
        | 'last-admin'
        | 'account-exists'
        | 'invitation-ended'
        | 'stale-revision'
        | 'body-too-large'
        | 'unsupported-media-type'
        | 'range-not-satisfiable'
        | 'missing-attribute'
        | 'invalid-attribute'
        | 'wrong-password'
        | 'invalid-name'
        | 'no-text'
        | 'text-in-log'
        | 'no-scopes'
        | 'unknown-scope'
        | 'repeated-scope'
        | 'self-connection'
        | 'unknown-organization'
        | 'too-many-to-sort'
        | 'idempotency-mismatch'
        | 'rate-limited'
        | 'internal'
        | 'unavailable'
        | 'not-yet-visible';
      /** @description The name of the status. */
      title: string;
      /** @description What was wrong, where, and what to do: for people. */
      details: string;
      source?: components['schemas']['ErrorSource'];
      meta?: components['schemas']['ErrorMeta'];
    };
    /** @description Where in the request it was wrong. */
    ErrorSource:
      | {
          /** @description A JSON Pointer into the body. */
          pointer: string;
        }
      | {
          /** @description The name of a query or path parameter. */
          parameter: string;
        }
      | {
          /** @description The name of a header. */
          header: string;
        };
    /** @description What a client needs in order to go on; which members there are depends on the code. */
    ErrorMeta: {
      /** @description `already-connected`: the one connection of the pair. */
      connectionId?: string;
      /** @description `already-connected`, `illegal-transition`, `stale-revision`: the present status. */
      status?: string;
      /** @description `stale-revision`: the present revision. */
      revision?: number;
      /** @description `already-connected`, `illegal-transition`: what your organization may do instead. */
      allowedActions?: string[];
      /** @description `not-permitted`: the roles that may do it. */
      permittedRoles?: string[];
      /** @description `not-permitted`: your role. */
      role?: string;
      /** @description `invitation-ended`: what has become of it. */
      state?: string;
    };
    CheckpointState: {
      /**
       * @description How signing is. The service is ready without: proofs come later then. `forked` needs somebody at once.
       * @enum {string}
       */
      state: 'ok' | 'behind' | 'no-keys' | 'forked' | 'retrying';
      /** @description How many events the newest checkpoint covers. */
      size: number | null;
      /** @description What went wrong, and what to do; null when nothing did. */
      problem: string | null;
      /** @description Why checkpoints did not get to where they are to be brought. */
      deliveryProblems: string[];
    };
    CreateConnectionRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'connect/connections';
        attributes: {
          /** @description The organization to share data with. */
          destinationOrganizationId: string;
          /** @description For people to know it by: 1 to 200 characters after trimming. None when left out. */
          name?: string | null;
          /** @description The types of data to be shared: at least one, each once. The default scopes when left out. */
          scopes?: string[] | null;
          /** @description Your own organization, when named at all. */
          organizationId?: string;
          /** @description The same as `organization-id`. */
          sourceOrganizationId?: string;
        };
      };
    };
    ActivateConnectionRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'connect/connections';
        attributes?: Record<string, never>;
      };
    };
    DeactivateConnectionRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'connect/connections';
        attributes?: {
          /** @description Why; both parties can read it. */
          reason?: string | null;
        };
      };
    };
    ReactivateConnectionRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'connect/connections';
        attributes?: {
          /** @description Why; both parties can read it. */
          reason?: string | null;
        };
      };
    };
    RedactTextRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'connect/events';
        attributes?: Record<string, never>;
      };
    };
    CheckSharingRequest: {
      data:
        | {
            /**
             * @description The type of the resource; may be left out.
             * @enum {string}
             */
            type?: 'connect/share-checks';
            attributes: {
              /** @description The organization whose data is about to be shared. */
              sourceOrganizationId: string;
              /** @description The organization that would receive it. */
              destinationOrganizationId: string;
              /** @description The types of data that are about to be shared: at least one, each once. */
              scopes: string[];
              /**
               * Format: date-time
               * @description A past moment to answer for. Now, when left out.
               */
              asOf?: string | null;
              /** @description A revision of the connection to answer for, instead of a moment; not together with `as-of`. */
              revision?: number | null;
            };
          }
        | {
            /**
             * @description The type of the resource; may be left out.
             * @enum {string}
             */
            type?: 'connect/share-checks';
            attributes: {
              /** @description The organization whose data is about to be shared. */
              sourceOrganizationId: string;
              /** @description The organization that would receive it. */
              destinationOrganizationId: string;
              /** @description The types of data that are about to be shared: at least one, each once. */
              scopes: string[];
              /**
               * Format: date-time
               * @description A past moment to answer for. Now, when left out.
               */
              asOf?: string | null;
              /** @description A revision of the connection to answer for, instead of a moment; not together with `as-of`. */
              revision?: number | null;
            };
          }[];
    };
    CreateOrganizationRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'organizations';
        attributes: {
          /** @description What it is called. */
          name: string;
        };
      };
    };
    CreateApiKeyRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'api-keys';
        attributes: {
          /** @description The organization that the key speaks for. Only the platform names one; an admin’s own is taken. */
          organizationId?: string | null;
          /**
           * @description What the key may do.
           * @enum {string}
           */
          role: 'member' | 'auditor' | 'admin' | 'platform-admin' | 'platform-auditor';
          /** @description For people to know it by. */
          name: string;
          /**
           * Format: date-time
           * @description When it ends by itself; in the future. Never when left out.
           */
          expiresAt?: string | null;
        };
      };
    };
    RevokeApiKeyRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'api-keys';
        attributes?: Record<string, never>;
      };
    };
    SignInRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'sessions';
        attributes: {
          /**
           * Format: email
           * @description Upper and lower case are the same.
           */
          email: string;
          /**
           * Format: password
           * @description As it was set.
           */
          password: string;
        };
      };
    };
    EndSessionRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'sessions';
        attributes?: Record<string, never>;
      };
    };
    EndAllSessionsRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'sessions';
        attributes?: Record<string, never>;
      };
    };
    ChangePasswordRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'sessions';
        attributes: {
          /**
           * Format: password
           * @description As it was set before.
           */
          currentPassword: string;
          /**
           * Format: password
           * @description What it is to be. Any characters.
           */
          newPassword: string;
        };
      };
    };
    ChangeMemberRoleRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'members';
        attributes: {
          /**
           * @description What the member may do from now on.
           * @enum {string}
           */
          role: 'member' | 'auditor' | 'admin';
        };
      };
    };
    RemoveMemberRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'members';
        attributes?: Record<string, never>;
      };
    };
    ViewInvitationRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'invitation-views';
        attributes: {
          /** @description The part of the invitation’s link behind the `#`. */
          token: string;
        };
      };
    };
    AcceptInvitationRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'sessions';
        attributes: {
          /** @description How you are called. Needed by those who have no account yet. */
          name?: string | null;
          /**
           * Format: password
           * @description The password that you set for yourself, or the one that your account has. Not needed by those who are signed in.
           */
          password?: string | null;
          /** @description The part of the invitation’s link behind the `#`. */
          token: string;
        };
      };
    };
    CreateInvitationRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'invitations';
        attributes: {
          /**
           * Format: email
           * @description Whom to invite. Nothing is sent: give them the link.
           */
          email: string;
          /**
           * @description What they may do once they have joined.
           * @enum {string}
           */
          role: 'member' | 'auditor' | 'admin';
        };
      };
    };
    RevokeInvitationRequest: {
      data: {
        /**
         * @description The type of the resource; may be left out.
         * @enum {string}
         */
        type?: 'invitations';
        attributes?: Record<string, never>;
      };
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  listConnections: {
    parameters: {
      query?: {
        /** @description The order; a minus puts the newest, or the last of the alphabet, first. */
        sort?: '-created-at' | 'created-at' | '-updated-at' | 'updated-at' | 'name' | '-name';
        /** @description A past moment: those that were there, as they were then. */
        asOf?: string;
        /** @description Only those in one of these statuses, separated by commas. */
        'filter[status]'?: string;
        /** @description Only those in which your organization has this part. */
        'filter[role]'?: 'source' | 'destination';
        /** @description Only those of this source. */
        'filter[sourceOrganizationId]'?: string;
        /** @description Only those to this destination. */
        'filter[destinationOrganizationId]'?: string;
        /** @description Only those whose name contains this, whatever the case. */
        'filter[name]'?: string;
        /** @description Only those whose name, or whose counterparty’s name, contains this, whatever the case; or whose id, or whose counterparty’s Organization ID, is this. */
        'filter[search]'?: string;
        /** @description Only those created at or after this moment. */
        'filter[createdAtStart]'?: string;
        /** @description Only those created at or before this moment. */
        'filter[createdAtEnd]'?: string;
        /** @description The cursor of `links.prev`. */
        'page[before]'?: string;
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionPage'];
        };
      };
    };
  };
  createConnection: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateConnectionRequest'];
      };
    };
    responses: {
      /** @description The connection, pending until the destination activates it. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionAnswer'];
        };
      };
    };
  };
  retrieveConnection: {
    parameters: {
      query?: {
        /** @description The moment to look back to; not together with `revision`. */
        asOf?: string;
        /** @description The revision to look back to; not together with `as-of`. */
        revision?: number;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The connection. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionAnswer'];
        };
      };
    };
  };
  activateConnection: {
    parameters: {
      query?: {
        /** @description `true` decides by the full rule and writes nothing. */
        dryRun?: 'true' | 'false';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['ActivateConnectionRequest'];
      };
    };
    responses: {
      /** @description The whole connection, now active. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionAnswer'];
        };
      };
    };
  };
  deactivateConnection: {
    parameters: {
      query?: {
        /** @description `true` decides by the full rule and writes nothing. */
        dryRun?: 'true' | 'false';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['DeactivateConnectionRequest'];
      };
    };
    responses: {
      /** @description The whole connection, now inactive. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionAnswer'];
        };
      };
    };
  };
  reactivateConnection: {
    parameters: {
      query?: {
        /** @description `true` decides by the full rule and writes nothing. */
        dryRun?: 'true' | 'false';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['ReactivateConnectionRequest'];
      };
    };
    responses: {
      /** @description The whole connection, now pending. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionAnswer'];
        };
      };
    };
  };
  redactText: {
    parameters: {
      query?: {
        /** @description `true` decides by the full rule and writes nothing. */
        dryRun?: 'true' | 'false';
      };
      header?: never;
      path: {
        id: string;
        revision: number;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RedactTextRequest'];
      };
    };
    responses: {
      /** @description The whole connection, without the text. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionAnswer'];
        };
      };
    };
  };
  listConnectionEvents: {
    parameters: {
      query?: {
        /** @description The order; with the minus, the newest comes first. */
        sort?: 'occurred-at' | '-occurred-at';
        /** @description Only what happened in one of these ways, separated by commas. */
        'filter[event]'?: string;
        /** @description Only what was done with this API key, by this person, or on behalf of this organization. */
        'filter[actor]'?: string;
        /** @description Only what happened at or after this moment. */
        'filter[occurredAtStart]'?: string;
        /** @description Only what happened at or before this moment. */
        'filter[occurredAtEnd]'?: string;
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionHistory'];
        };
      };
    };
  };
  listEvents: {
    parameters: {
      query?: {
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`, or of `meta.cursor`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Feed'];
        };
      };
    };
  };
  compareConnection: {
    parameters: {
      query: {
        /** @description Where the comparison begins: a moment, or a revision. */
        from: number | string;
        /** @description Where it ends: a moment, or a revision. Now, when left out. */
        to?: number | string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The difference. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConnectionDifferenceAnswer'];
        };
      };
    };
  };
  listScopes: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ScopeList'];
        };
      };
    };
  };
  checkSharing: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CheckSharingRequest'];
      };
    };
    responses: {
      /** @description The answer, or the answers in the order of the questions. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ShareCheckAnswer'];
        };
      };
    };
  };
  retrieveOrganization: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Your organization. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrganizationAnswer'];
        };
      };
    };
  };
  listOrganizations: {
    parameters: {
      query?: {
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrganizationPage'];
        };
      };
    };
  };
  createOrganization: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateOrganizationRequest'];
      };
    };
    responses: {
      /** @description The organization. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OrganizationAnswer'];
        };
      };
    };
  };
  listApiKeys: {
    parameters: {
      query?: {
        /** @description Only those of this organization. */
        'filter[organizationId]'?: string;
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiKeyPage'];
        };
      };
    };
  };
  createApiKey: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateApiKeyRequest'];
      };
    };
    responses: {
      /** @description The credential, and the key. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CreatedApiKeyAnswer'];
        };
      };
    };
  };
  revokeApiKey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RevokeApiKeyRequest'];
      };
    };
    responses: {
      /** @description The credential, revoked. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ApiKeyAnswer'];
        };
      };
    };
  };
  listSignInMethods: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The ways that this service knows. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SignInMethodsAnswer'];
        };
      };
    };
  };
  retrieveSession: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The session. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionAnswer'];
        };
      };
    };
  };
  signIn: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SignInRequest'];
      };
    };
    responses: {
      /** @description The session. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionAnswer'];
        };
      };
    };
  };
  endSession: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['EndSessionRequest'];
      };
    };
    responses: {
      /** @description The session that was ended. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionAnswer'];
        };
      };
    };
  };
  endAllSessions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['EndAllSessionsRequest'];
      };
    };
    responses: {
      /** @description The session that this was asked with, and how many were ended. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EndedSessionsAnswer'];
        };
      };
    };
  };
  changePassword: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ChangePasswordRequest'];
      };
    };
    responses: {
      /** @description The session that there is now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionAnswer'];
        };
      };
    };
  };
  listMembers: {
    parameters: {
      query?: {
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['MemberPage'];
        };
      };
    };
  };
  changeMemberRole: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ChangeMemberRoleRequest'];
      };
    };
    responses: {
      /** @description The member, as they are now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['MemberAnswer'];
        };
      };
    };
  };
  removeMember: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RemoveMemberRequest'];
      };
    };
    responses: {
      /** @description The member, as they were. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['MemberAnswer'];
        };
      };
    };
  };
  viewInvitation: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ViewInvitationRequest'];
      };
    };
    responses: {
      /** @description What it is for. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['InvitationViewAnswer'];
        };
      };
    };
  };
  acceptInvitation: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['AcceptInvitationRequest'];
      };
    };
    responses: {
      /** @description The session of the person who has joined; a cookie comes with it where it begins by this. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionAnswer'];
        };
      };
    };
  };
  listInvitations: {
    parameters: {
      query?: {
        /** @description Only those that can still be accepted. */
        'filter[state]'?: 'open';
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['InvitationPage'];
        };
      };
    };
  };
  createInvitation: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateInvitationRequest'];
      };
    };
    responses: {
      /** @description The invitation, and its link. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CreatedInvitationAnswer'];
        };
      };
    };
  };
  revokeInvitation: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': components['schemas']['RevokeInvitationRequest'];
      };
    };
    responses: {
      /** @description The invitation, revoked. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['InvitationAnswer'];
        };
      };
    };
  };
  listAccesses: {
    parameters: {
      query?: {
        /** @description Only of this kind. */
        'filter[kind]'?: 'history' | 'time-travel' | 'diff' | 'proof' | 'export';
        /** @description Only by this key or person. */
        'filter[credentialId]'?: string;
        /** @description Only at or after this moment. */
        'filter[accessedAtStart]'?: string;
        /** @description Only at or before this moment. */
        'filter[accessedAtEnd]'?: string;
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AccessPage'];
        };
      };
    };
  };
  listAuditKeys: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuditKeyList'];
        };
      };
    };
  };
  listCheckpoints: {
    parameters: {
      query?: {
        /** @description How many on a page. */
        'page[size]'?: number;
        /** @description The cursor of `links.next`. */
        'page[after]'?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CheckpointList'];
        };
      };
    };
  };
  latestCheckpoint: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The checkpoint. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CheckpointAnswer'];
        };
      };
    };
  };
  retrieveCheckpoint: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The checkpoint. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CheckpointAnswer'];
        };
      };
    };
  };
  proveConsistency: {
    parameters: {
      query: {
        /** @description The size of the older checkpoint. */
        from: number;
        /** @description The size of the newer checkpoint. */
        to: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The proof. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ConsistencyProofAnswer'];
        };
      };
    };
  };
  proveEvent: {
    parameters: {
      query?: {
        /** @description The size of the checkpoint to prove it for; the latest when left out, signed now where need be. */
        checkpoint?: number;
      };
      header?: never;
      path: {
        id: string;
        revision: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The proof. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['InclusionProofAnswer'];
        };
      };
    };
  };
}

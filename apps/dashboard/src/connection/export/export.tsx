import { Button, Code, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import { DownloadIcon } from '@radix-ui/react-icons';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type JSX } from 'react';
import { useMembership } from '../../shell/membership';
import { Copy } from '../../words/copy';
import { Failure } from '../../words/failure';
import { may } from '../../words/roles';
import { keyLines } from '../proof/proof-queries';
import { type ExportFormat, fetchExport, save } from './download';

/** Offers the history with its proofs as a file. */
export function Export({ connectionId }: { readonly connectionId: string }): JSX.Element {
  const { role } = useMembership();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="export">
      <Stack gap="sm">
        <Title order={2} id="export" fz="h5">
          Export
        </Title>
        {may(role, 'export') ? (
          <Offer connectionId={connectionId} />
        ) : (
          <Text size="sm">Auditors and admins of your organization can export the history with its proofs.</Text>
        )}
      </Stack>
    </Paper>
  );
}

function Offer({ connectionId }: { readonly connectionId: string }): JSX.Element {
  const { organizationId } = useMembership();
  const [bytes, setBytes] = useState(0);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const exporting = useMutation({
    /** @returns the name of the file; null if it was cancelled. */
    mutationFn: async (format: ExportFormat): Promise<string | null> => {
      const stopping = new AbortController();
      stop.current = stopping;
      setBytes(0);
      try {
        const file = await fetchExport(organizationId, connectionId, format, setBytes, stopping.signal);
        save(file);
        return file.name;
      } catch (error) {
        if (stopping.signal.aborted) return null;
        throw error;
      }
    },
  });
  const keys = useMutation({
    mutationFn: async () => save({ name: 'log.pub', content: new Blob([await keyLines(organizationId)]) }),
  });
  const saved = exporting.data;
  const command = `npm run -s cli -- verify ${saved ?? 'history.ndjson'} --key log.pub`;
  return (
    <>
      <Text size="sm">
        Every event of this connection with its proof, signed by the operator. Whoever has the file can verify it
        without this service. That you export is recorded, for both organizations to see.
      </Text>
      <Group gap="sm">
        {FORMATS.map(({ format, label }) => (
          <Button
            key={format}
            variant="default"
            leftSection={<DownloadIcon aria-hidden />}
            loading={exporting.isPending && exporting.variables === format}
            disabled={exporting.isPending && exporting.variables !== format}
            onClick={() => exporting.mutate(format)}
          >
            {label}
          </Button>
        ))}
        {exporting.isPending && (
          <Button variant="subtle" onClick={() => stop.current?.abort()}>
            Stop
          </Button>
        )}
      </Group>
      <Text size="sm" role="status" mih="1lh">
        {exporting.isPending && `${kilobytes(bytes)} so far …`}
        {saved === null && 'Stopped; nothing was exported.'}
        {saved && `${saved} (${kilobytes(bytes)}) was given to your browser.`}
      </Text>
      {exporting.error && <Failure error={exporting.error} title="Nothing was exported" />}
      <Title order={3} fz="sm">
        How to verify it
      </Title>
      <List size="sm" type="ordered" spacing={4}>
        <List.Item>
          Get the operator’s key by a way that is not this service, and keep it as <Code>log.pub</Code>. To try things
          out,{' '}
          <Button size="compact-xs" variant="light" loading={keys.isPending} onClick={() => keys.mutate()}>
            download what the service tells
          </Button>
          .
        </List.Item>
        <List.Item>
          In a checkout of this project:
          <Group gap={4} wrap="nowrap">
            <Code style={{ overflowWrap: 'anywhere' }}>{command}</Code>
            <Copy value={command} what="command" />
          </Group>
        </List.Item>
      </List>
      {keys.error && <Failure error={keys.error} title="The keys could not be read" />}
    </>
  );
}

const FORMATS: readonly { readonly format: ExportFormat; readonly label: string }[] = [
  { format: 'ndjson', label: 'Export as NDJSON' },
  { format: 'csv', label: 'Export as CSV' },
];

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1_000).toLocaleString()} kB`;

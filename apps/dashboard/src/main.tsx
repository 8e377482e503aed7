import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './shell/forced-colors.css';
import './shell/waiting.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './dashboard';
import { nonce } from './nonce';

// The library that stops the page from scrolling behind a dialog adds a style, and looks for the nonce under this name.
Object.assign(window, { __webpack_nonce__: nonce() });

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element that the dashboard could be in.');
createRoot(root).render(
  <StrictMode>
    <Dashboard />
  </StrictMode>,
);

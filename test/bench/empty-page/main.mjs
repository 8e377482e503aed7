import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';

// The least that React can show, and do: the ceiling of every page that is made with it.
function Page() {
  const [times, setTimes] = useState(0);
  return createElement(
    'main',
    null,
    createElement('h1', null, 'Nothing'),
    createElement('button', { onClick: () => setTimes(times + 1) }, `Pressed ${times} times`),
  );
}

createRoot(document.getElementById('root')).render(createElement(Page));

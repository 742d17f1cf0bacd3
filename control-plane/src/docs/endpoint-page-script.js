// Runs in the page of `endpoint-page.ts`: fetches the document with the reader's key and shows it.
// The key stays in this page: it is neither stored nor put into a URL.
/* global document, fetch, location, options, Scalar */
const form = document.querySelector('form');
const input = form.querySelector('input');
const alert = form.querySelector('[role=alert]');

async function show(key) {
  const headers = key === '' ? {} : { 'X-API-Key': key };
  const reply = await fetch(`${location.pathname}/openapi.json`, { headers });
  const body = await reply.json();
  if (reply.ok) {
    form.remove();
    document.title = `${body.info.title}: tools as REST`;
    const authentication = {
      preferredSecurityScheme: 'apiKey',
      securitySchemes: { apiKey: { value: key } },
    };
    Scalar.createApiReference('#tools', { ...options, content: body, authentication });
    return;
  }
  form.hidden = false;
  input.focus();
  // The first try was without a key: an open endpoint needs none.
  if (key !== '' || reply.status !== 401) alert.textContent = body.detail;
}

function tryToShow(key) {
  show(key).catch(() => {
    form.hidden = false;
    alert.textContent = 'The gateway gave no answer. Try again.';
  });
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  tryToShow(input.value.trim());
});
tryToShow('');

// What makes the pages more comfortable. Everything works without it.

// The link in a mail carries its code behind #, where no server sees it. It goes into its field or,
// while somebody must log in first, along to the page that has one.
const carried = /^#token=[\w-]+$/.exec(location.hash)?.[0];
if (carried) {
  const field = document.querySelector('input[name="token"]');
  if (field) {
    field.value = carried.slice('#token='.length);
    history.replaceState(null, '', location.pathname + location.search);
  }
  for (const form of document.querySelectorAll('main form[method="post"]')) {
    if (!field) form.action += carried;
  }
  for (const link of document.querySelectorAll('a[data-carry]')) link.hash = carried;
}

// A button that was pressed says so, and is not pressed twice.
addEventListener('submit', ({ target, submitter }) => {
  if (target.method !== 'post') return;
  setTimeout(() => {
    for (const button of target.querySelectorAll('button')) button.disabled = true;
    submitter?.setAttribute('aria-busy', 'true');
  });
});

// A page that comes back from the browser's memory may be of somebody who has logged out since.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const { innerText } = document.getElementById(button.dataset.copy);
    void navigator.clipboard.writeText(innerText).then(() => (button.textContent = 'Copied'));
  });
}

for (const button of document.querySelectorAll('button[data-reveal]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const field = document.getElementById(button.dataset.reveal);
    const isShown = field.type === 'text';
    field.type = isShown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!isShown));
  });
}

for (const time of document.querySelectorAll('time')) {
  const format = { dateStyle: 'medium', timeStyle: 'short' };
  time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, format);
}

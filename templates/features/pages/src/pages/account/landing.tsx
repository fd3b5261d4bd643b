import { goOn, page } from '../page.tsx';
import { Icon } from '../parts/icons.tsx';
import { appTitle, show } from '../parts/layout.tsx';

const promises = [
  {
    icon: 'people',
    title: 'Together',
    text: 'Invite others to a workspace, and decide what each may do.',
  },
  {
    icon: 'key',
    title: 'Safe',
    text: 'A second factor, a list of your devices, and a notice of everything that matters.',
  },
  {
    icon: 'list',
    title: 'Yours',
    text: 'Take your data along whenever you like. What you delete is gone.',
  },
] as const;

export const landingPages = [
  page.public('GET', '/', async (visit) => {
    if (visit.actor !== null) return goOn(visit, '/dashboard');
    return show(
      visit.c,
      { title: 'Welcome', actor: null },
      <>
        <section class="hero">
          <h1>A place for what your team works on</h1>
          <p>{appTitle} keeps projects, people and decisions in one workspace.</p>
          <div class="side">
            <a class="button" href="/signup">
              Sign up
            </a>
            <a class="button quiet" href="/login">
              Log in
            </a>
          </div>
        </section>
        <section class="columns" aria-label="What it gives you">
          {promises.map(({ icon, title, text }) => (
            <div class="card">
              <Icon name={icon} />
              <h2>{title}</h2>
              <p class="muted">{text}</p>
            </div>
          ))}
        </section>
      </>,
    );
  }),
];

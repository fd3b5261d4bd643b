import { forEverybody, goOn } from '../page.ts';
import { appTitle, showPage } from '../parts/layout.tsx';
import { Go, Icon } from '../parts/pieces.tsx';

const promises = [
  ['people', 'Together', 'Invite others to a workspace, and decide what each may do.'],
  ['lock', 'Safe', 'A second factor, a list of your devices, a notice of everything that matters.'],
  ['list', 'Yours', 'Take your data along whenever you like. What you delete is gone.'],
] as const;

export const landingPage = forEverybody.get('/', (visit) => {
  if (visit.actor !== null) return goOn(visit, '/dashboard');
  return showPage(
    visit,
    { title: 'Welcome' },
    <>
      <section class="hero">
        <h1>A place for what your team works on</h1>
        <p>{appTitle} keeps projects, people and decisions in one workspace.</p>
        <div class="side">
          <Go to="/signup" text="Sign up" />
          <Go quiet to="/login" text="Log in" />
        </div>
      </section>
      <section class="columns" aria-label="What it gives you">
        {promises.map(([icon, title, text]) => (
          <div class="card">
            <Icon name={icon} />
            <h2>{title}</h2>
            <p class="muted">{text}</p>
          </div>
        ))}
      </section>
    </>,
  );
});

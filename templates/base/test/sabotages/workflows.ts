import { sabotage } from './sabotage.ts';

const ci = '.github/workflows/ci.yml';
const deploy = '.github/workflows/deploy.yml';

export const pipeline = [
  sabotage('API-1', 'no week tries what nobody thought of', ci, '      - run: npm run fuzz\n', ''),
  sabotage(
    'DEP-3',
    'production does not wait for staging',
    deploy,
    '    needs: staging\n',
    '    needs: check\n',
  ),
  sabotage(
    'DEP-3',
    'nobody approves what goes to production',
    deploy,
    '    environment: production\n',
    '',
  ),
  sabotage(
    'DEP-3',
    'production is deployed though staging failed',
    deploy,
    '    needs: staging\n',
    '    needs: staging\n    if: always()\n',
  ),
  sabotage(
    'DEP-3',
    'a deployment is cut off by the next one',
    deploy,
    'cancel-in-progress: false',
    'cancel-in-progress: true',
  ),
  sabotage(
    'DEP-3',
    'what no check has passed is deployed',
    deploy,
    '    needs: check\n    runs-on',
    '    runs-on',
  ),
  sabotage(
    'SEC-5',
    'an action runs by a tag that somebody can move',
    '.github/actions/install/action.yml',
    '@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0',
    '@v4',
  ),
  sabotage(
    'SEC-5',
    'the pipeline may write to the repository',
    ci,
    '  contents: read\n',
    '  contents: write\n',
  ),
  sabotage(
    'SEC-5',
    'code of strangers sees the secrets',
    ci,
    '  pull_request:\n',
    '  pull_request:\n  pull_request_target:\n',
  ),
  sabotage(
    'SEC-5',
    'the title of a branch becomes a command',
    deploy,
    'npm run smoke -- "$APP_ORIGIN" --limit',
    'npm run smoke -- "${{ github.head_ref }}" --limit',
  ),
  sabotage(
    'SEC-1',
    'the pipeline looks for secrets in the last commit only',
    ci,
    'fetch-depth: 0',
    'fetch-depth: 1',
  ),
  sabotage(
    'SEC-1',
    'the pipeline does not look for secrets',
    ci,
    '      - run: npm run secrets:scan\n',
    '',
  ),
];

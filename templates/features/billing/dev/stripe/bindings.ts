/** What the stand-in and the app of development know each other by. None of it is a secret. */
export const standInBindings = {
  STRIPE_SECRET_KEY: 'sk_test_stand_in',
  STRIPE_WEBHOOK_SECRET: 'whsec_of_the_stand_in_for_stripe',
  STRIPE_PRICE_PRO: 'price_stand_in_pro',
  STRIPE_PRICE_BUSINESS: 'price_stand_in_business',
} as const;

/** The bindings by which the app asks the stand-in at an address, whatever it asks of Stripe. */
export function bindingsFor(address: string) {
  return {
    ...standInBindings,
    STRIPE: {
      fetch: (input: RequestInfo | URL, init?: RequestInit) => {
        const { pathname, search } = new URL(input instanceof Request ? input.url : input);
        return fetch(`${address}${pathname}${search}`, init);
      },
    },
  };
}

"""Stripe: cards by PaymentIntents that are captured later, links by Checkout sessions."""

"""Forms of signing up and in."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import GovEmail, GovPassword


class SignUpForm(FlaskForm):
    email = GovEmail(
        "What is your email address?",
        required="Enter your email address",
        hint="We will send you a link to confirm it.",
        autocomplete="email",
    )


class SignInForm(FlaskForm):
    email = GovEmail("Email address", required="Enter your email address", autocomplete="username")
    password = GovPassword(
        "Password",
        required="Enter your password",
        autocomplete="current-password",
    )


class NewPasswordForm(FlaskForm):
    password = GovPassword(
        "Choose a password",
        required="Enter a password",
        hint="15 characters or more. Three or four random words are easy to remember.",
        autocomplete="new-password",
    )


class ForgotForm(FlaskForm):
    email = GovEmail(
        "What is your email address?",
        required="Enter your email address",
        autocomplete="email",
    )

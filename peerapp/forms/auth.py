"""Forms of signing up and in."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import GovEmail, GovPassword, GovRadio


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
        autocomplete="new-password",
    )


class ChangePasswordForm(FlaskForm):
    current = GovPassword(
        "Your password now",
        required="Enter the password that you have now",
        autocomplete="current-password",
    )
    password = GovPassword(
        "Your new password",
        required="Enter a new password",
        autocomplete="new-password",
    )


class LinkChoiceForm(FlaskForm):
    by_link = GovRadio(
        "Do you want to sign in by a link that we email to you?",
        choices=[
            ("yes", "Yes", "Your password still works as well"),
            ("no", "No", "Only your password lets you in"),
        ],
        required="Choose yes or no",
    )


class ForgotForm(FlaskForm):
    email = GovEmail(
        "What is your email address?",
        required="Enter your email address",
        autocomplete="email",
    )

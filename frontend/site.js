// The components that our pages use. Every page works without them.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  ExitThisPage,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
  createAll,
} from "govuk-frontend";
import { watchContacts } from "./contact-watch.js";

const components = [
  ExitThisPage, // first: nothing else may stand between a person and the way out
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
];

for (const component of components) {
  createAll(component);
}

watchContacts();

import "@fontsource-variable/plus-jakarta-sans";
import "../shared/parts.css";
import "./page.css";
import { mount } from "svelte";
import { serving } from "../shared/serving";
import { started } from "../shared/start";
import Account from "./Account.svelte";
import { accountOf } from "./address";

mount(Account, { target: document.body, props: { account: accountOf(window.location.pathname, serving().prefix) } });
started();

/** The interface's entry: styles, then the page. */
import { mount } from "svelte";
import "./app.css";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("The page has no #app.");
mount(App, { target });

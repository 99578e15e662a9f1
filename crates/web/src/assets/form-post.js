// The answer to a service goes on by itself; without scripts, by the button.
document.querySelector("form[data-goes-on]")?.submit();

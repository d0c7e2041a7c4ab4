"""Questions in notebooks: `%load_ext segql`, then cells that begin with `%%segql`."""

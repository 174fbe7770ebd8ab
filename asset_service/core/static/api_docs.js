"use strict";

const page = document.getElementById("api");
SwaggerUIBundle({ url: page.dataset.document, domNode: page, deepLinking: true, validatorUrl: null });

/**
 * Message selectors: conditions over properties and headers in the words of SQL-92, as Jakarta
 * Messaging and AMQP 1.0 have them. Pure: text in, predicate out. docs/selectors.md has the syntax.
 */
@NullMarked
package io.serai.routing.selector;

import org.jspecify.annotations.NullMarked;

/** The {@code serai} command: starts the node, checks a configuration, asks what it would do. */
@NullMarked
package io.serai.cli;

import org.jspecify.annotations.NullMarked;

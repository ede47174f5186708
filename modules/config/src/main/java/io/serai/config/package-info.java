/**
 * Configuration: HOCON files, environment and {@code --set} overrides in; one checked, immutable
 * {@link io.serai.config.Configuration} or the list of everything that is wrong out. Knows no other
 * module: names and topic filters are kept as text with their spelling.
 */
@NullMarked
package io.serai.config;

import org.jspecify.annotations.NullMarked;

/** What a broker costs: CPU, memory and allocation of its process, read from outside. */
@NullMarked
package io.serai.bench.cost;

import org.jspecify.annotations.NullMarked;

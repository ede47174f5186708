/** Checks over what the other tests reported; runs after all of them. */
package io.serai.interop.reports;

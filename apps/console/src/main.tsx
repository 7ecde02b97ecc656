// First of all: it takes a code off the address before anything else reads that.
import './sign-in/fragment-code';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LanguageProvider } from './i18n';
import { router } from './router';
import { preloadPages } from './shell/preload-pages';
import { newQueryClient } from './shell/queries';
import { applyTheme, chosenTheme } from './shell/theme';
import './ui/base.css';

applyTheme(chosenTheme());

const place = document.getElementById('root');
if (place === null) throw new Error('The page has no place for the console.');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={newQueryClient()}>
      <LanguageProvider>
        <RouterProvider router={router} />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
preloadPages(router);
